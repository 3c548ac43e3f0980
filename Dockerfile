# The server as a container. Build with Swift, run on plain Debian as a user without rights:
#
#   docker build -t opescare .
#   docker run --read-only --cap-drop ALL -p 127.0.0.1:8080:8080 -v opescare-data:/data opescare
#
# Nothing but /data is written to. README.md has the settings for production.

FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libsqlite3-dev libssl-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
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
