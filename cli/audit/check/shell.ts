/**
 * A script for a shell, cut into its simple commands: enough to see what a script calls, and how it ends.
 *
 * It is no parser of the language. Quotes, comments, continued lines, here-documents and what separates commands are understood; what is
 * inside `$( )` and backquotes is one word that is not known. Where this is not enough nothing is found, rather than something wrong.
 */
import type { Bytes } from '../../../runtime/os.js';

export interface Word {
  /** Without its quotes. */
  readonly text: Bytes;
  /** Nothing in it is expanded: the text is what the command gets. */
  readonly isPlain: boolean;
}

export interface Command {
  readonly words: readonly Word[];
  /** From 1. */
  readonly line: number;
  /** What ends it: a separator such as `;`, `&`, `|`, or a newline. */
  readonly end: string;
}

const separators = ['&&', '||', ';;', ';', '&', '|', '(', ')', '\n'];
/** Words before which a command may stand, and that are none themselves. */
const reserved = ['if', 'then', 'else', 'elif', 'while', 'until', 'do', '{', '!', 'time'];

class Reader {
  private at = 0;
  private line = 1;
  private words: Word[] = [];
  private readonly pendingDocuments: Bytes[] = [];
  readonly commands: Command[] = [];

  constructor(private readonly text: Bytes) {}

  read(): readonly Command[] {
    while (this.at < this.text.length) {
      const byte = this.text.charAt(this.at);
      if (byte === ' ' || byte === '\t' || byte === '\r') this.at += 1;
      else if (this.text.startsWith('\\\n', this.at)) this.newLine(2);
      else if (byte === '#') this.skipLine();
      else if (this.readRedirection()) continue;
      else if (!this.readSeparator()) this.words.push(this.readWord());
    }
    this.endCommand('\n');
    return this.commands;
  }

  private newLine(bytes: number): void {
    this.at += bytes;
    this.line += 1;
  }

  private skipLine(): void {
    while (this.at < this.text.length && this.text.charAt(this.at) !== '\n') this.at += 1;
  }

  private endCommand(end: string): void {
    const first = this.words.findIndex(({ text, isPlain }) => !(isPlain && reserved.includes(text)));
    const words = first < 0 ? this.words : this.words.slice(first);
    if (words.length > 0) this.commands.push({ words, line: this.line, end });
    this.words = [];
  }

  private readSeparator(): boolean {
    const found = separators.find((separator) => this.text.startsWith(separator, this.at));
    if (found === undefined) return false;
    this.endCommand(found);
    if (found !== '\n') this.at += found.length;
    else {
      this.newLine(1);
      for (const end of this.pendingDocuments.splice(0)) this.skipDocument(end);
    }
    return true;
  }

  /** `>file`, `2>&1`, `<<END`: the target is a word, and remembered as the operator with it. */
  private readRedirection(): boolean {
    const found = /^\d*(?:<<-?|[<>]&-?|>>|<>|>\||[<>])/.exec(this.text.slice(this.at, this.at + 12));
    if (found === null) return false;
    const [operator] = found;
    this.at += operator.length;
    while (this.text.charAt(this.at) === ' ' || this.text.charAt(this.at) === '\t') this.at += 1;
    const isAlone = operator.endsWith('-') && !operator.includes('<<');
    const target = isAlone || /^(?:$|[\s;&|()])/.test(this.text.charAt(this.at)) ? { text: '', isPlain: true } : this.readWord();
    if (operator.includes('<<')) this.pendingDocuments.push(target.text);
    this.redirections.push({ operator: operator + (target.text.startsWith('-') ? '-' : ''), target: target.text, line: this.line });
    return true;
  }

  readonly redirections: { readonly operator: string; readonly target: Bytes; readonly line: number }[] = [];

  private skipDocument(end: Bytes): void {
    while (this.at < this.text.length) {
      const start = this.at;
      this.skipLine();
      const line = this.text.slice(start, this.at).replace(/^\t+/, '');
      if (this.at < this.text.length) this.newLine(1);
      if (line === end) return;
    }
  }

  private readWord(): Word {
    let text = '';
    let isPlain = true;
    while (this.at < this.text.length) {
      const byte = this.text.charAt(this.at);
      if (/[\s;&|()<>]/.test(byte)) break;
      if (byte === "'") text += this.readUntil("'");
      else if (byte === '"') {
        const inner = this.readDoubleQuoted();
        text += inner.text;
        isPlain &&= inner.isPlain;
      } else if (byte === '\\') {
        if (this.text.charAt(this.at + 1) === '\n') this.line += 1;
        else text += this.text.charAt(this.at + 1);
        this.at += 2;
      } else if (byte === '$' || byte === '`') {
        text += this.readExpansion();
        isPlain = false;
      } else {
        if (byte === '*' || byte === '?' || byte === '[') isPlain = false;
        text += byte;
        this.at += 1;
      }
    }
    return { text, isPlain };
  }

  /** From a quote to its other end. */
  private readUntil(quote: string): Bytes {
    const end = this.text.indexOf(quote, this.at + 1);
    const inner = this.text.slice(this.at + 1, end < 0 ? undefined : end);
    this.line += inner.split('\n').length - 1;
    this.at = end < 0 ? this.text.length : end + 1;
    return inner;
  }

  private readDoubleQuoted(): Word {
    let text = '';
    let isPlain = true;
    this.at += 1;
    while (this.at < this.text.length && this.text.charAt(this.at) !== '"') {
      const byte = this.text.charAt(this.at);
      if (byte === '\\') {
        text += this.text.charAt(this.at + 1);
        this.at += 2;
      } else if (byte === '$' || byte === '`') {
        text += this.readExpansion();
        isPlain = false;
      } else {
        if (byte === '\n') this.line += 1;
        text += byte;
        this.at += 1;
      }
    }
    this.at += 1;
    return { text, isPlain };
  }

  /** `$NAME`, `${...}`, `$(...)` and backquotes, as they are written. */
  private readExpansion(): Bytes {
    const start = this.at;
    if (this.text.charAt(start) === '`') {
      this.readUntil('`');
      return this.text.slice(start, this.at);
    }
    const open = this.text.charAt(start + 1);
    const close = open === '(' ? ')' : open === '{' ? '}' : '';
    this.at += 1;
    if (close === '') {
      const name = /^(?:\w+|[@*#?$!-])/.exec(this.text.slice(this.at, this.at + 64));
      this.at += name?.[0].length ?? 0;
      return this.text.slice(start, this.at);
    }
    let depth = 0;
    while (this.at < this.text.length) {
      const byte = this.text.charAt(this.at);
      if (byte === "'") {
        this.readUntil("'");
        continue;
      }
      if (byte === '\n') this.line += 1;
      if (byte === open) depth += 1;
      this.at += 1;
      if (byte === close) depth -= 1;
      if (byte === close && depth === 0) break;
    }
    return this.text.slice(start, this.at);
  }
}

export interface Shell {
  readonly commands: readonly Command[];
  readonly redirections: readonly { readonly operator: string; readonly target: Bytes; readonly line: number }[];
}

/** Cut a script into its commands. */
export function readShell(text: Bytes): Shell {
  const reader = new Reader(text);
  return { commands: reader.read(), redirections: reader.redirections };
}
