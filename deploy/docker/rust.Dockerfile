# A hook program in Rust. Built from the root of the repository:
#   docker build -f deploy/docker/rust.Dockerfile -t hooks .
# Another program of the repository's: --build-arg PROGRAM=its-example
FROM rust:1.95-slim-bookworm AS build
WORKDIR /exhook
COPY Cargo.toml Cargo.lock build.rs LICENSE README.md ./
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
ARG PROGRAM=quickstart
RUN cargo build --locked --profile dist -p exhook --example ${PROGRAM} \
    && cp target/dist/examples/${PROGRAM} /hooks

FROM debian:bookworm-slim
COPY --from=build /hooks /usr/local/bin/hooks
RUN useradd --system --uid 10001 --no-create-home exhook
USER 10001
ENV EXHOOK_BIND=0.0.0.0:9000 \
    EXHOOK_ADMIN=0.0.0.0:9090 \
    EXHOOK_DRAIN_DELAY_MS=5000 \
    EXHOOK_LOG=json
EXPOSE 9000 9090
CMD ["hooks"]
