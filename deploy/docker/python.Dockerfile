# A hook program in Python. Built from the root of the repository:
#   docker build -f deploy/docker/python.Dockerfile -t hooks .
# Another program: --build-arg PROGRAM=path/to/folder, and its module:app as the command.
FROM rust:1.95-slim-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3-pip python3-venv \
    && rm -rf /var/lib/apt/lists/*
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
RUN python3 -m venv /venv \
    && /venv/bin/pip wheel --no-cache-dir --no-deps --wheel-dir /wheels ./bindings-python

FROM python:3.11-slim-bookworm
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir /wheels/*.whl \
    && useradd --system --uid 10001 --no-create-home exhook
WORKDIR /hooks
ARG PROGRAM=examples/python
COPY ${PROGRAM} .
USER 10001
ENV EXHOOK_BIND=0.0.0.0:9000 \
    EXHOOK_ADMIN=0.0.0.0:9090 \
    EXHOOK_DRAIN_DELAY_MS=5000 \
    EXHOOK_LOG=json
EXPOSE 9000 9090
HEALTHCHECK --interval=10s --timeout=3s CMD ["python", "-c", \
    "import urllib.request as r; r.urlopen('http://127.0.0.1:9090/livez', timeout=2)"]
# Signals reach the program itself, which then drains.
ENTRYPOINT ["exhook", "run"]
CMD ["quickstart:app"]
