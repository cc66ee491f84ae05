/** Configuration of the NATS server of a deployment. Ports and folders are those of its container. */
export const natsConf = `# The NATS server of a deployment: users by role, streams on disk, nothing open that need not be.
# Make the included files first, in this folder: troupe secrets init
# Start it in this folder too, or mount folder and file side by side: nats-server --config nats.conf
port: 4222
# For health checks and metrics of this machine only; reach it from elsewhere through an exporter beside the server.
http: "127.0.0.1:8222"

jetstream {
  store_dir: "/data"
  max_file_store: 64GB
  max_memory_store: 2GB
  # What was acknowledged is on disk. Needs nats-server 2.10; leave it out for an older one.
  sync_interval: always
}

max_payload: 1MB
# Bytes that may wait for one slow client before it is cut off.
max_pending: 64MB
max_connections: 4096
max_subscriptions: 100000
max_control_line: 4KB
write_deadline: "10s"
ping_interval: "20s"
ping_max: 3
# On SIGUSR2 or \`nats-server --signal ldm\` clients are asked to move, over so long.
lame_duck_duration: "30s"

# Users, one account for each tenant. There is no user without it, and no password that anybody else has.
include "secrets/nats/users.conf"
# TLS when the secrets were made with --tls.
include "secrets/nats/tls.conf"
`;
