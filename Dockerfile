# Muster with a Postgres of its own, in one container. Keep /var/lib/muster on a volume: it holds all data and the key ring.
# With DATABASE_URL set, the Postgres programs rest. docs/OPERATIONS.md says the rest.

FROM rust:1-bookworm AS build
WORKDIR /build
COPY . .
RUN make build CARGO_TARGET_DIR=target

FROM debian:12-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates postgresql-common \
    && echo 'create_main_cluster = false' >>/etc/postgresql-common/createcluster.conf \
    && apt-get install -y --no-install-recommends postgresql-15 pgbackrest restic \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --user-group --create-home --home-dir /var/lib/muster --shell /usr/sbin/nologin muster
COPY --from=build /build/target/release/muster /usr/local/bin/muster
USER muster
WORKDIR /var/lib/muster
ENV MUSTER_LISTEN=0.0.0.0:8080 \
    MUSTER_DATA_DIR=/var/lib/muster/data \
    MUSTER_KEYRING=/var/lib/muster/keyring.toml
VOLUME /var/lib/muster
EXPOSE 8080
# Postgres needs a moment for its last checkpoint: run with --stop-timeout 60.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/8080; printf 'GET /healthz HTTP/1.1\\r\\nHost: localhost:8080\\r\\nConnection: close\\r\\n\\r\\n' >&3; read -r line <&3; [[ $line == *' 200 '* ]]"]
CMD ["muster", "serve"]
