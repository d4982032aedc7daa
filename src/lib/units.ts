/** A length of time in milliseconds, whole or fractional; microseconds are its thousandths. */
export type Millis = number & { readonly __unit: 'ms' };

/** A point on the monotonic clock (CLOCK_MONOTONIC, the same in every process), in milliseconds. */
export type Instant = number & { readonly __unit: 'instant' };

/** @returns `value` milliseconds. */
export const millis = (value: number): Millis => value as Millis;

/** @returns `value` seconds as milliseconds. */
export const seconds = (value: number): Millis => (value * 1000) as Millis;

/** @returns the length as seconds, for wires and files that count in them. */
export const inSeconds = (length: Millis): number => length / 1000;

/** @returns `value` milliseconds after the clock's origin. */
export const instant = (value: number): Instant => value as Instant;

/** @returns the point `length` after `from`; before it when `length` is negative. */
export const after = (from: Instant, length: Millis): Instant => (from + length) as Instant;

/** @returns how long it is from `from` to `to`; negative when `to` is the earlier. */
export const between = (from: Instant, to: Instant): Millis => (to - from) as Millis;

/** @returns `count` times the length. */
export const times = (length: Millis, count: number): Millis => (length * count) as Millis;
