import { expect, it } from 'vitest';
import {
  bytes,
  clock,
  counted,
  duration,
  exactMoment,
  moment,
  parseSeconds,
  pathOf,
  visitorName,
} from './format.ts';

it('durations', () => {
  expect(duration(0)).toBe('0 s');
  expect(duration(41_600)).toBe('42 s');
  expect(duration(59_999)).toBe('1 min 00 s');
  expect(duration(185_000)).toBe('3 min 05 s');
  expect(duration(3_840_000)).toBe('1 h 04 min');
  expect(duration(-5)).toBe('0 s');
});

it('durations as people write them', () => {
  for (const [text, seconds] of [
    ['90', 90],
    [' 90 s', 90],
    ['5 min', 300],
    ['5m', 300],
    ['1:30', 90],
    ['1:00:05', 3_605],
    ['1 h 30 min', 5_400],
  ] as const) {
    expect(parseSeconds(text)).toBe(seconds);
  }
  for (const text of ['', 'soon', '5 weeks', '-3', '1:75']) expect(parseSeconds(text)).toBeNull();
});

it('places in a recording', () => {
  expect(clock(7_999)).toBe('0:07');
  expect(clock(760_000)).toBe('12:40');
  expect(clock(3_723_000)).toBe('1:02:03');
});

it('sizes', () => {
  expect(bytes(512)).toBe('512 B');
  expect(bytes(999.6)).toBe('1.0 kB');
  expect(bytes(1_340)).toBe('1.3 kB');
  expect(bytes(9_960)).toBe('10 kB');
  expect(bytes(48_200_000)).toBe('48 MB');
});

it('counts', () => {
  expect(counted(1, 'click')).toBe('1 click');
  expect(counted(1_204, 'click')).toBe('1,204 clicks');
});

it('an exact moment names UTC too', () => {
  expect(exactMoment(0)).toContain('1970-01-01T00:00:00.000Z');
});

it('no moment is too far away to be said', () => {
  for (const ms of [Number.MAX_VALUE, -Number.MAX_VALUE, Number.NaN]) {
    expect(moment(ms)).not.toBe('');
    expect(exactMoment(ms)).toContain('Z)');
  }
});

it('addresses', () => {
  expect(pathOf('https://shop.example/checkout?step=2#pay')).toBe('/checkout?step=2#pay');
  expect(pathOf('not an address')).toBe('not an address');
});

it('visitors', () => {
  expect(visitorName('0123456789abcdef', null)).toBe('Visitor 01234567');
  expect(visitorName('0123456789abcdef', ' \n')).toBe('Visitor 01234567');
  expect(visitorName('0123456789abcdef', 'u-7')).toBe('u-7');
});
