# The server as a container. Build with Swift, run on plain Debian as a user without rights:
#
#   docker build -t opescare .
#   docker run --read-only --cap-drop ALL -p 127.0.0.1:8080:8080 -v opescare-data:/data opescare
#
# Nothing but /data is written to. Sources/opescare/README.md has the settings for production.
#
# The bridge agent, for a facility's own machine; /data holds bridge_config.json and its folders:
#
#   docker build --target bridge -t opescare-bridge .
#   docker run -d --restart always -e OPESCARE_AGENT_KEY -v "$PWD:/data" opescare-bridge

FROM swift:6.3-bookworm AS source
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libsqlite3-dev libssl-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .

FROM source AS build-bridge
RUN swift build --configuration release --static-swift-stdlib --product opescare-bridge \
    && install -D --strip "$(swift build --configuration release --static-swift-stdlib \
        --show-bin-path)/opescare-bridge" /staged/usr/local/bin/opescare-bridge

FROM debian:bookworm-slim AS bridge
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        ca-certificates libsqlite3-0 libssl3 libstdc++6 tzdata \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build-bridge /staged/ /
# The owner of the exports on the host; `--user` names another.
USER 1000:1000
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=20s \
    CMD ["/usr/local/bin/opescare-bridge", "status", "--config", "/data/bridge_config.json"]
ENTRYPOINT ["/usr/local/bin/opescare-bridge"]
CMD ["--config", "/data/bridge_config.json"]

FROM source AS build
RUN swift build --configuration release --static-swift-stdlib --product opescare \
    && install -D --strip "$(swift build --configuration release --static-swift-stdlib \
        --show-bin-path)/opescare" /staged/usr/local/bin/opescare

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        ca-certificates libsqlite3-0 libssl3 libstdc++6 tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 opescare \
    && useradd --system --uid 10001 --gid opescare --no-create-home --home-dir /data \
        --shell /usr/sbin/nologin opescare \
    && install -d -m 0700 -o opescare -g opescare /data
COPY --from=build /staged/ /
# Numeric, so that an orchestrator can tell that this is not root.
USER 10001:10001
WORKDIR /data
ENV OPESCARE_HOST=0.0.0.0 \
    OPESCARE_PORT=8080 \
    OPESCARE_DATA=/data \
    OPESCARE_LOG=json
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=6s --start-period=10s --retries=3 \
    CMD ["/usr/local/bin/opescare", "health"]
ENTRYPOINT ["/usr/local/bin/opescare"]
CMD ["serve"]
