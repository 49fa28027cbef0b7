// The browser's own compression, where it has one.

const Deflater = globalThis.CompressionStream;
const Answer = globalThis.Response;

/** Below this a batch has nothing to gain. */
const WORTH_BYTES = 512;

/** The bytes compressed, or null where that is not possible or gains less than a tenth. */
export async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array | null> {
  if (!Deflater || bytes.length < WORTH_BYTES) return null;
  try {
    const stream = new Deflater('deflate-raw');
    const writer = stream.writable.getWriter();
    // The reader below reports a failure; here it would only be unhandled.
    writer.write(bytes).catch(() => undefined);
    writer.close().catch(() => undefined);
    const smaller = new Uint8Array(await new Answer(stream.readable).arrayBuffer());
    return smaller.length < bytes.length * 0.9 ? smaller : null;
  } catch {
    return null;
  }
}
