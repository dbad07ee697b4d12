# One image for every process: `web`, `live`, `worker` and `beat` differ in their command only (see Procfile).

FROM node:20-bookworm-slim AS front-end
WORKDIR /build
COPY package.json package-lock.json tsconfig.json ./
RUN npm ci
COPY static ./static
RUN npm run build

FROM python:3.11-slim-bookworm AS packages
RUN apt-get update \
    && apt-get install -y --no-install-recommends build-essential pkg-config default-libmysqlclient-dev \
    && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir uv && uv venv /venv
COPY requirements.txt .
RUN uv pip install --no-cache --python /venv/bin/python -r requirements.txt

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends libmariadb3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --uid 1000 app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 APP_MODE=production MEDIA_ROOT=/data/media
WORKDIR /app
COPY --from=packages /venv /venv
COPY . .
COPY --from=front-end /build/static/dist ./static/dist
# Collecting needs a key to import the settings, and uses it for nothing.
RUN mkdir -p .local staticfiles /data/media && SECRET_KEY=build python manage.py collectstatic --noinput --verbosity 0 \
    && chown -R app .local staticfiles /data
USER app
VOLUME /data
EXPOSE 8000 8002
CMD ["sh", "-c", "exec gunicorn config.wsgi:application --worker-class gthread --threads ${WORKER_THREADS:-8} --bind 0.0.0.0:8000 --timeout 60 --graceful-timeout 20 --worker-tmp-dir /dev/shm"]
