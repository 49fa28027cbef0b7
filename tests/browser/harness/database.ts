// What lies in Postgres, read behind the server's back.
import { execFile } from 'node:child_process';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { decompress } from 'fzstd';

const run = promisify(execFile);
const BYTES_MAX = 1 << 30;
const PORT = 5432;
const HIDDEN_PORT = 5433;

export class Database {
  private readonly sockets: string;
  private port = PORT;

  constructor(dataDir: string) {
    this.sockets = join(dataDir, 'run');
  }

  private get place(): string[] {
    return ['-h', this.sockets, '-p', String(this.port), '-U', 'footage', '-d', 'footage'];
  }

  /** It runs on, so that nobody starts it again, and nobody but us finds it until `comeBack`. */
  async goAway(): Promise<void> {
    await this.move(HIDDEN_PORT);
    await this.rows(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where backend_type = 'client backend' and pid <> pg_backend_pid()`,
    );
  }

  async comeBack(): Promise<void> {
    if (this.port !== PORT) await this.move(PORT);
  }

  private async move(port: number): Promise<void> {
    const socket = (of: number) => join(this.sockets, `.s.PGSQL.${of}`);
    await rename(socket(this.port), socket(port));
    this.port = port;
  }

  /** The rows of a query as text, columns separated by `|`. */
  async rows(sql: string): Promise<string[]> {
    const args = [...this.place, '-X', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c', sql];
    const { stdout } = await run('psql', args, { maxBuffer: BYTES_MAX });
    return stdout.split('\n').filter((line) => line !== '');
  }

  /** Everything in it, as SQL. */
  async dump(): Promise<string> {
    const { stdout } = await run('pg_dump', this.place, { maxBuffer: BYTES_MAX });
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
