# The first stage fetches what requirements.lock names, by hash and as wheels only: nothing is built,
# so nothing that the lock doesn't name is fetched. The second stage has neither cache nor root.
FROM python:3.13-slim-bookworm AS build
COPY requirements.lock /build/
RUN python -m venv /venv \
  && /venv/bin/pip install --no-cache-dir --no-deps --only-binary :all: --require-hashes \
    --requirement /build/requirements.lock
COPY app /srv/app
COPY migrations /srv/migrations
RUN printf '#!/venv/bin/python\nfrom app.cli import main\n\nmain()\n' > /venv/bin/good-citizen \
  && chmod 755 /venv/bin/good-citizen \
  && /venv/bin/python -m compileall -q --invalidation-mode unchecked-hash /srv

FROM python:3.13-slim-bookworm
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin citizen \
  && install --directory --owner citizen --group citizen /data
COPY --from=build /venv /venv
COPY --from=build /srv /srv
ENV PATH=/venv/bin:$PATH \
  PYTHONPATH=/srv \
  PYTHONUNBUFFERED=1 \
  PYTHONDONTWRITEBYTECODE=1 \
  GOOD_CITIZEN_HOST=0.0.0.0
# By number, so that Kubernetes' runAsNonRoot can tell that it isn't root's.
USER 10001
# Where SQLite's file lies by default; nothing else is written, so the root may be read-only.
WORKDIR /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ.get('GOOD_CITIZEN_PORT', 8000)}/healthz\", timeout=4)"]
ENTRYPOINT ["good-citizen"]
CMD ["serve"]
