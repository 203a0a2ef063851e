# What looks after the system: `python -m ieum.ops`. Build from the root: docker build -f deploy/compose/ops.Dockerfile .
FROM python:3.11-slim AS build
WORKDIR /build
COPY requirements.lock ./
RUN python -m venv --without-pip /opt/venv && pip install --no-cache-dir "$(grep -oE '^uv==[0-9.]+' requirements.lock)"
COPY shared/ieum shared/ieum
RUN uv pip install --python /opt/venv --no-cache --no-sources --compile-bytecode --constraint requirements.lock \
    --build-constraint requirements.lock "./shared/ieum[ops]"

FROM python:3.11-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin ieum
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY deploy/topics.yaml deploy/effects.yaml deploy/
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 TOPICS_FILE=/app/deploy/topics.yaml
USER 10001:10001
ENTRYPOINT ["python", "-m", "ieum.ops"]
