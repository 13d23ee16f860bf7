FROM node:20-bookworm-slim
WORKDIR /opt/osteon
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN node -e "import('./scripts/build.mjs').then(async (b) => { await b.build(); await b.buildWeb(); })" \
  && mkdir -m 700 /data && chown node /data
USER node
ENTRYPOINT ["node", "bin/osteon.mjs"]
CMD ["serve", "--data=/data"]
