/** The url as it may be shown: what stands before an `@` keeps the user only. */
export function hidePassword(url: string): string {
  return url.replace(/\/\/([^/@,]*)@/g, (_, credentials: string) => {
    const colon = credentials.indexOf(":");
    return colon === -1 ? "//***@" : `//${credentials.slice(0, colon)}:***@`;
  });
}
