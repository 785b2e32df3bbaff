# docker build -t nearcache .                     the program alone, as a user without rights
# docker build -t nearcache-test --target test .  the scenario scripts and what they ask with

FROM debian:bookworm-slim AS build
WORKDIR /src
# By itself, so that a change of the sources does not install everything anew.
COPY scripts/lib.sh scripts/install-deps.sh scripts/
RUN bash scripts/install-deps.sh build && rm -rf /var/lib/apt/lists/*
COPY . .
RUN bash scripts/build.sh && strip build/release/nearcache

FROM debian:bookworm-slim AS test
RUN apt-get update \
    && apt-get install -y --no-install-recommends curl redis-tools \
    && rm -rf /var/lib/apt/lists/*
COPY scripts /scripts
USER 10001:10001
WORKDIR /tmp
CMD ["bash", "/scripts/test-redis-protocol.sh", "--help"]

FROM debian:bookworm-slim AS runtime
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates libfmt9 libhiredis0.14 libspdlog1.10 libssl3 libstdc++6 libyaml-cpp0.7 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home \
        --shell /usr/sbin/nologin nearcache
COPY --from=build /src/build/release/nearcache /usr/local/bin/nearcache
COPY LICENSE /usr/share/doc/nearcache/LICENSE
# Fails here, and not when somebody starts it, should a library be missing.
RUN ["/usr/local/bin/nearcache", "--version"]
USER 10001:10001
# Inside a container loopback is nobody's. Every other name of these settings has precedence.
ENV HTTP_HOST=0.0.0.0 TCP_HOST=0.0.0.0
EXPOSE 8080 6380
# PING at the RESP door, wherever the environment put it.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 CMD ["bash", "-c", \
    "port=${NEARCACHE_RESP_LISTEN##*:}; exec 3<>/dev/tcp/127.0.0.1/${port:-${TCP_PORT:-6380}} && printf 'PING\\r\\n' >&3 && read -r -t 2 reply <&3 && [[ $reply == +PONG* ]]"]
ENTRYPOINT ["/usr/local/bin/nearcache"]
