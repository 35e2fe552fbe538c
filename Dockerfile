# Builds everything, then keeps what runs: the gateway and the platform in one image, as a user without rights.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN npm ci && npm run build && npm prune --omit=dev

FROM node:20-bookworm-slim
RUN useradd --system --uid 10001 hoptrace && mkdir /data && chown hoptrace /data
WORKDIR /app
COPY --from=build /app /app
USER hoptrace
ENV HOPTRACE_CONFIG=/etc/hoptrace/hoptrace.yaml
VOLUME /data
EXPOSE 6432 6422 6480
HEALTHCHECK --interval=10s --start-period=30s CMD ["node", "-e", "fetch('http://127.0.0.1:6480/api/v1/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/standalone/bin/hoptrace.js", "serve"]
