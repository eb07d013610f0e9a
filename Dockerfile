# One image for web, worker or both (ROLE). PostgreSQL, Redis and object storage are given by URL.
# Nothing is written but /data and /tmp: run it with a read-only root file system.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev
COPY . .
RUN node node_modules/vite/bin/vite.js build web

FROM node:24.21.0-bookworm-slim
# tini: what ffmpeg and its sandbox leave behind has to be reaped by process 1.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ffmpeg bubblewrap util-linux tini \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app /app
RUN mkdir /data && chown node:node /data
# By number, so that Kubernetes can see that it is not root.
USER 1000:1000
ENV HOST=0.0.0.0 PORT=3000 DATA_DIR=/data NODE_ENV=production METRICS_LISTEN=0.0.0.0:9464
VOLUME /data
EXPOSE 3000 9464
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9464/live').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
ENTRYPOINT ["tini", "--"]
# The flags: src/setup/server-flags.mjs.
CMD ["node", "--disable-warning=ExperimentalWarning", "--max-semi-space-size=8", "src/main.ts"]
