# launchtrail as an image: docker build -t launchtrail . && docker run --rm -v "$PWD:/data" launchtrail replay AWSLogs
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY . .
RUN npm ci --no-audit --no-fund && npm run pack

FROM node:24-bookworm-slim
COPY --from=build /src/launchtrail-*.tgz /tmp/launchtrail.tgz
RUN npm install --global --no-audit --no-fund /tmp/launchtrail.tgz && rm -rf /tmp/launchtrail.tgz /root/.npm
# reads what is mounted there and writes nothing but --output and --state
WORKDIR /data
USER node
ENTRYPOINT ["launchtrail"]
CMD ["--help"]
