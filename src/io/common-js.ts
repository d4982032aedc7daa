import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Loads a CommonJS package. `import` would do the same, and first start a WebAssembly engine to guess the package's
 * names: 6 MB in each process, and 20 ms at its start.
 * @param name as in `import`
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- only the caller knows the type
export const commonJs = <T>(name: string): T => require(name) as T;
