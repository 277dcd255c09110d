# A hook program in C. Built from the root of the repository:
#   docker build -f deploy/docker/c.Dockerfile -t hooks .
# Another program: --build-arg PROGRAM=path/to/program.c
FROM rust:1.95-slim-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev make pkg-config python3 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /exhook
COPY Cargo.toml Cargo.lock Makefile build.rs LICENSE README.md ./
COPY proto proto
COPY core core
COPY cli cli
COPY bindings-c bindings-c
COPY bindings-node bindings-node
COPY bindings-python bindings-python
COPY tools tools
COPY tests tests
COPY benches benches
COPY examples/rust examples/rust
RUN python3 tools/install_c.py --profile=dist --prefix=/usr/local --check \
    && cargo rustc --profile dist -p exhook-c --crate-type cdylib --features mimalloc \
    && cargo rustc --profile dist -p exhook-c --crate-type staticlib \
    && cargo build --profile dist -p exhook-c-test \
    && python3 tools/install_c.py --profile=dist --prefix=/usr/local
ARG PROGRAM=examples/c/quickstart.c
COPY ${PROGRAM} /hooks/program.c
# pkg-config's words are several.
# hadolint ignore=SC2046
RUN cc -O2 -Wall -Wextra -o /hooks/hooks /hooks/program.c $(pkg-config --cflags --libs exhook)

FROM debian:bookworm-slim
COPY --from=build /usr/local/lib/libexhook.so* /usr/local/lib/
COPY --from=build /hooks/hooks /usr/local/bin/hooks
RUN ldconfig && useradd --system --uid 10001 --no-create-home exhook
USER 10001
ENV EXHOOK_BIND=0.0.0.0:9000 \
    EXHOOK_ADMIN=0.0.0.0:9090 \
    EXHOOK_DRAIN_DELAY_MS=5000 \
    EXHOOK_LOG=json
EXPOSE 9000 9090
CMD ["hooks"]
