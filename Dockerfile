# Two stages: the first compiles, the second holds the binary, the certificates of the public authorities, and nothing
# to build with. No secret is needed to build; at run time secrets come as files or environment variables.

FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked --bin hotwash

FROM debian:bookworm-slim
# The forge's certificate is checked against the system's authorities.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && install -d -o 65532 -g 65532 -m 0700 /data
COPY --from=build /src/target/release/hotwash /usr/local/bin/hotwash

# A number rather than a name: Kubernetes can then prove that the image does not run as root.
USER 65532:65532
WORKDIR /data
# The database is all that is ever written, so the root file system can be mounted read-only.
VOLUME /data
EXPOSE 8080

# The image holds no curl; the binary asks itself. Starting includes a check of the database file.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["hotwash", "probe", "--url", "http://127.0.0.1:8080/readyz"]

ENTRYPOINT ["hotwash"]
# Mount the configuration here; it must say `listen = "0.0.0.0:8080"` and `url = "sqlite:/data/hotwash.db"`.
CMD ["serve", "--config", "/etc/hotwash/hotwash.toml"]
