// Whether a text occurs in bytes, in any of the forms in which it would still be readable.

/** Plain, in hexadecimal digits (as dumps write bytes), in base64 wherever it begins. */
function forms(text: string): Buffer[] {
  const plain = Buffer.from(text);
  const base64 = [0, 1, 2].map((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift), plain]).toString('base64');
    // The first and last digits also hold bits of their neighbours.
    return shifted.slice(shift === 0 ? 0 : 4, -4);
  });
  const wide = Buffer.from(text, 'utf16le');
  return [
    plain,
    wide,
    Buffer.from(plain.toString('hex')),
    ...base64.map((each) => Buffer.from(each)),
  ];
}

export function holds(bytes: Buffer, text: string): boolean {
  return forms(text).some((form) => bytes.includes(form));
}
