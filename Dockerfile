# One recipe, a target a process: `docker build --target ingest .`; without a target, standalone.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN npm ci && npm run build && npm prune --omit=dev

# The gateway and the correlator's callers never open an embedded store: half a gigabyte less to pull where callers wait.
FROM build AS without-engine
RUN rm -rf node_modules/chdb node_modules/@chdb apps/web/dist

FROM node:20-bookworm-slim AS runtime
RUN useradd --system --uid 10001 --user-group hoptrace && install -d -o hoptrace -g hoptrace /data
WORKDIR /app
ENV NODE_ENV=production
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["node", "deploy/probe.js", "9464", "/healthz"]

FROM runtime AS gateway
COPY --from=without-engine /app /app
ENV HOPTRACE_CONFIG=/etc/hoptrace/hoptrace.yaml
VOLUME /data
EXPOSE 6432 6422 6444 6488 6470 9464
CMD ["node", "apps/gateway/dist/main.js"]

FROM runtime AS ingest
COPY --from=build /app /app
EXPOSE 9464
CMD ["node", "apps/ingest/dist/main.js"]

FROM runtime AS correlator
COPY --from=build /app /app
EXPOSE 9464
CMD ["node", "apps/correlator/dist/main.js"]

FROM runtime AS api
COPY --from=build /app /app
EXPOSE 6480 9464
CMD ["node", "apps/api/dist/main.js"]

# Gateway and platform in one container: the last target, and so the default.
FROM runtime AS standalone
COPY --from=build /app /app
ENV HOPTRACE_CONFIG=/etc/hoptrace/hoptrace.yaml HOPTRACE_OPS_LISTEN=127.0.0.1:9464
VOLUME /data
EXPOSE 6432 6422 6444 6488 6480
CMD ["node", "apps/standalone/bin/hoptrace.js", "serve"]
