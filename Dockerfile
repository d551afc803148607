# One container serves the page, the signaling and the media.
#
#   docker build -t seameet .
#   docker run --network host -e SEAMEET_AUTH_TOKEN=… seameet

FROM node:22-bookworm-slim AS frontend
WORKDIR /source
COPY frontend ./
ENV PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
RUN npm ci --no-audit --no-fund && npm run build

FROM rust:1.95-bookworm AS server
WORKDIR /source
COPY . .
COPY --from=frontend /source/apps/meet/dist frontend/apps/meet/dist
# The image's own toolchain, instead of a second download because of rust-toolchain.toml.
RUN RUSTUP_TOOLCHAIN="$RUST_VERSION" \
    cargo build --release --locked --package seameet-cli --features embed-frontend

# No shell, no package manager; the user is 65532. glibc matches the stage above.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=server /source/target/release/seameet /usr/local/bin/seameet
ENV WS_ADDR=0.0.0.0:8080 UDP_PORT=10000
# Page and signaling; put a TLS proxy in front. Media. With more than one worker, as many UDP ports as workers.
EXPOSE 8080/tcp 10000/udp
HEALTHCHECK --interval=30s --timeout=5s CMD ["/usr/local/bin/seameet", "healthcheck"]
# The program answers SIGTERM by closing rooms and ending.
ENTRYPOINT ["/usr/local/bin/seameet"]
CMD ["serve"]
