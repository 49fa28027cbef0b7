// What lies in Postgres, read behind the server's back.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { decompress } from 'fzstd';

const run = promisify(execFile);
const BYTES_MAX = 1 << 30;

export class Database {
  private readonly place: readonly string[];

  constructor(dataDir: string) {
    this.place = ['-h', join(dataDir, 'run'), '-p', '5432', '-U', 'footage', '-d', 'footage'];
  }

  /** The rows of a query as text, columns separated by `|`. */
  async rows(sql: string): Promise<string[]> {
    const args = [...this.place, '-X', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c', sql];
    const { stdout } = await run('psql', args, { maxBuffer: BYTES_MAX });
    return stdout.split('\n').filter((line) => line !== '');
  }

  /** Everything in it, as SQL. */
  async dump(): Promise<string> {
    const { stdout } = await run('pg_dump', [...this.place], { maxBuffer: BYTES_MAX });
    return stdout;
  }

  /** Every chunk of every session, inflated. */
  async chunks(): Promise<Buffer[]> {
    const rows = await this.rows(
      "select translate(encode(body, 'base64'), E'\\n', '') from chunks",
    );
    return rows.map((row) => Buffer.from(decompress(Buffer.from(row, 'base64'))));
  }
}
