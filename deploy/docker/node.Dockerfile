# A hook program in JavaScript. Built from the root of the repository:
#   docker build -f deploy/docker/node.Dockerfile -t hooks .
# Another program: --build-arg PROGRAM=path/to/folder, and its file as the command.
FROM rust:1.95-slim-bookworm AS rust

FROM node:22-bookworm AS build
COPY --from=rust /usr/local/cargo /usr/local/cargo
COPY --from=rust /usr/local/rustup /usr/local/rustup
ENV PATH=/usr/local/cargo/bin:$PATH \
    CARGO_HOME=/usr/local/cargo \
    RUSTUP_HOME=/usr/local/rustup
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
RUN node bindings-node/scripts/build.js \
    && node bindings-node/scripts/stage.js target/npm
WORKDIR /hooks
ARG PROGRAM=examples/node
COPY ${PROGRAM}/*.mjs ./
# The package for this platform, and the package that programs import.
RUN npm install --no-fund --no-audit --omit=dev /exhook/target/npm/*/

FROM node:22-bookworm-slim
COPY --from=build /hooks /hooks
WORKDIR /hooks
USER 1000
ENV EXHOOK_BIND=0.0.0.0:9000 \
    EXHOOK_ADMIN=0.0.0.0:9090 \
    EXHOOK_DRAIN_DELAY_MS=5000 \
    EXHOOK_LOG=json
EXPOSE 9000 9090
HEALTHCHECK --interval=10s --timeout=3s CMD ["node", "-e", \
    "fetch('http://127.0.0.1:9090/livez').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "quickstart.mjs"]
