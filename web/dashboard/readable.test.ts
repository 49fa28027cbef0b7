import { expect, it } from 'vitest';
import { readable } from './readable.ts';

it('leaves what can be read as it is, in any script', () => {
  for (const text of ['/checkout?step=2', 'Größe ändern', 'می‌خواهم', '👩‍👩‍👧', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', 'नमस्ते']) {
    expect(readable(text, 40)).toBe(text);
  }
});

it('leaves markup as the text it is', () => {
  expect(readable('<b onclick="a()">x</b>', 40)).toBe('<b onclick="a()">x</b>');
});

it('shows controls as signs', () => {
  expect(readable('a\u0000b\nc\td\u001b[31m\u007f', 40)).toBe('a␀b␊c␉d␛[31m␡');
  expect(readable('a\u0085b\u2028c\u00add', 40)).toBe('a⟨U+0085⟩b⟨U+2028⟩c⟨U+00AD⟩d');
});

it('shows what would turn the text around', () => {
  expect(readable('exe.\u202efdp', 40)).toBe('exe.⟨RLO⟩fdp');
  expect(readable('\u2067a\u2069', 40)).toBe('⟨RLI⟩a⟨PDI⟩');
});

it('shows letters that are blank', () => {
  expect(readable('\u3164', 40)).toBe('⟨U+3164⟩');
});

it('shows half a character as a replacement', () => {
  expect(readable('a\ud83db', 40)).toBe('a\ufffdb');
});

it('cuts between characters as a reader sees them', () => {
  expect(readable('abcdef', 6)).toBe('abcdef');
  expect(readable('abcdefg', 6)).toBe('abcde…');
  expect(readable('ab👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 4)).toBe('ab👩‍👩‍👧…');
  expect(readable('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…');
});

it('is short whatever comes', () => {
  expect(readable('x'.repeat(5_000_000), 80)).toBe(`${'x'.repeat(79)}…`);
  const piled = readable(`a${'\u0301'.repeat(100_000)}b`, 80);
  expect(piled.length).toBeLessThan(20);
  expect(piled.startsWith('a\u0301')).toBe(true);
  expect(readable('\u200d'.repeat(100_000), 80).length).toBeLessThan(6_000);
});
