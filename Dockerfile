# syntax=docker/dockerfile:1
FROM python:3.11-slim AS packages
RUN pip install --no-cache-dir uv
WORKDIR /app
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never
COPY pyproject.toml uv.lock ./
# Without the development tools, and without the embedded servers: here the database is a service.
# EXTRAS="--extra anymail" adds the mail providers.
ARG EXTRAS=""
RUN uv sync --frozen --no-dev $EXTRAS

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin crowdhub \
    && install -d -o crowdhub /var/lib/crowdhub/metrics /var/lib/crowdhub/files
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=crowdhub.settings \
    STATIC_ROOT=/app/staticfiles \
    PROMETHEUS_MULTIPROC_DIR=/var/lib/crowdhub/metrics
COPY --from=packages /app/.venv /app/.venv
COPY . .
RUN python manage.py collectstatic --no-input --verbosity=0
USER crowdhub
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen(r.Request('http://127.0.0.1:8000/healthz', headers={'X-Forwarded-Proto': 'https'}), timeout=4)"]
# Requests are in the product's own log, where keys are taken out of addresses; an access log would hold them.
CMD ["gunicorn", "crowdhub.wsgi", "--config", "python:crowdhub.operator.web_server", "--bind", "0.0.0.0:8000", \
     "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm"]
