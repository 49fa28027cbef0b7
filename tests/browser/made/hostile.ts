// Texts of strangers that mean no good, or that nobody has thought of.

const LONG = 10_000;

/** By what they try. */
export const HOSTILE = {
  markup: `<img src=x onerror="top.ranHere=true"><script>top.ranHere=true</script><b>bold</b>`,
  'a closed attribute': `"><svg onload=top.ranHere=true><a href='javascript:top.ranHere=true'>`,
  'a template': '{{constructor.constructor("top.ranHere=true")()}}#{top.ranHere=true}',
  'an override': 'invoice\u202egnp.exe\u202d and back\u202c',
  'open isolates': '\u2067\u2067\u2067\u202bopen without an end',
  'right to left': 'שלום עולם، مرحبا بالعالم 123 - abc',
  controls:
    'bell\u0007 escape\u001b[31m nul-like\u0001 next\u0085 line\u2028 end\u2029 delete\u007f',
  'lines and tabs': 'one\r\ntwo\tthree\n\n\nfour',
  'nothing to see': '\u200b\u200c\u200d\u2060\ufeff\u00ad',
  'piled up': `e${'\u0301\u0323\u0330'.repeat(60)} tall`,
  families: '👩‍👩‍👧‍👦🏳️‍🌈'.repeat(40),
  'one long word': 'W'.repeat(900),
  'many words': 'many words '.repeat(90),
} as const;

export type Trick = keyof typeof HOSTILE;

/** Of a kind that ten thousand characters of it get through nowhere but by the back door. */
export function long(text: string): string {
  return text.repeat(Math.ceil(LONG / text.length)).slice(0, LONG);
}
