/**
 * The wall clock, for what people read. Nothing is ever timed by it.
 * @returns now, ISO 8601 in UTC
 */
export const wallNow = (): string => new Date().toISOString();
