FROM node:24.22.1-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/auth-bitbucket/package.json packages/auth-bitbucket/
COPY packages/bitbucket-emulator/package.json packages/bitbucket-emulator/
RUN npm ci
COPY . .
RUN npx tsx scripts/build-standalone.ts

FROM node:24.22.1-slim
ENV NODE_ENV=production
ENV HOSTNAME=0.0.0.0
ENV PORT=3000
WORKDIR /app
COPY --from=build /app/.next/standalone ./
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=40s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/api/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "server.js"]
