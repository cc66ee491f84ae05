/** The official release that is fetched when no nats-server is found, with its published checksums. */
export interface PinnedRelease {
  readonly version: string;
  /** Folder of the release's files. */
  readonly baseUrl: string;
  /** sha256 of `nats-server-v<version>-<platform>.tar.gz`, in hexadecimal, by platform. */
  readonly sha256: Readonly<Record<string, string>>;
}

export const pinnedRelease: PinnedRelease = {
  version: "2.14.0",
  baseUrl: "https://github.com/nats-io/nats-server/releases/download/v2.14.0",
  sha256: {
    "linux-amd64": "3d8b74dfad39af184c765a6dd120441ed1c648d6672eddf6b304f222661251b8",
    "linux-arm64": "ce7dc5f7d97b70dabc38b13157fed28d7d06227860676143c15c62c5c297996c",
    "darwin-amd64": "c307afaa5810dea24bfe5bb0cd895ddc7c47946f359823336ef3be1a41bdddfa",
    "darwin-arm64": "36f28cf166e5ae5dd88d700a609c810b97ffad641e0c51b49cf8fae25fb3fac7",
  },
};

const architectures: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/** This machine as releases name it, such as `linux-amd64`. */
export function platformName(
  system: string = process.platform,
  architecture: string = process.arch,
): string {
  return `${system}-${architectures[architecture] ?? architecture}`;
}
