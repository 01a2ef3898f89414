/** The version of the whole program, said by `--version`. The only place that names it, beside package.json. */
export const version = '0.1.0';
