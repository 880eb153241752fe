// Text from outside (names, versions, log lines) made safe for a terminal, a log and a manager's window.

/**
 * Escapes control characters, and every character that could reorder or hide text, as `\xNN` or `\u{N}`.
 * Line ends too: what is printed stays on its line.
 */
export function printable(text: string): string {
  // Nearly all text.
  if (/^[ -~]*$/.test(text)) return text;
  // As a string: a literal is checked when the program is loaded, and these classes take a millisecond.
  return text.replace(new RegExp(String.raw`[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]`, 'gu'), (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** A version as people see it: without its one trailing newline, bytes outside printable ASCII escaped. */
export function printableVersion(version: string): string {
  return version
    .replace(/\n$/, '')
    .replace(/[^ -~]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** One word of a command line, quoted for a POSIX shell only where it must be. */
export function shellWord(text: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(text)) return text;
  return `'${printable(text).replaceAll("'", `'\\''`)}'`;
}
