/** Is this output for a terminal that wants colour? In User-Mode Linux the terminal is known by word only. */
const COLOUR =
  process.env['NO_COLOR'] === undefined &&
  (process.stdout.isTTY || !['', '0', undefined].includes(process.env['FORCE_COLOR']));

const paint = (code: number, text: string): string => (COLOUR ? `\x1b[${code}m${text}\x1b[0m` : text);

const INDENT = '           ';

/** Tells what happens, and keeps count of what was not as it should be. */
export class Story {
  readonly #start = performance.now();
  #wrong = 0;
  #right = 0;

  /** A new chapter. */
  chapter(title: string): void {
    const seconds = ((performance.now() - this.#start) / 1000).toFixed(1).padStart(6);
    console.log(`\n${paint(2, `[${seconds} s]`)} ${paint(1, title)}`);
  }

  /** A sentence. */
  say(text: string): void {
    console.log(text.replace(/^/gm, INDENT));
  }

  /** A command on a host, and what it wrote. */
  show(host: string, command: string, output: string): void {
    this.say(paint(36, `[root@${host} ~]# ${command}`));
    this.say(output.trimEnd());
  }

  /** Something that must be so. */
  check(so: boolean, what: string): void {
    if (so) this.#right++;
    else this.#wrong++;
    console.log(`${INDENT}${so ? paint(32, 'ok') : paint(31, 'WRONG')}  ${what}`);
  }

  /** The story broke off. */
  broken(error: unknown): void {
    this.#wrong++;
    console.log(`\n${paint(31, 'WRONG')}  ${error instanceof Error ? error.message : String(error)}`);
  }

  /** The last sentence. Returns the exit status: 0 only if everything was as it should be. */
  end(): number {
    const seconds = ((performance.now() - this.#start) / 1000).toFixed(0);
    const verdict =
      this.#wrong === 0 ? paint(32, 'Everything was as it should be') : paint(31, `${this.#wrong} WRONG`);
    console.log(`\n${verdict}: ${this.#right} checks held, in ${seconds} s.`);
    return this.#wrong === 0 ? 0 : 1;
  }
}
