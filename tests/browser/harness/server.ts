// The built server, as an operator runs it: the real binary, a data directory of its own, and the
// private Postgres it starts below that.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Database } from './database.ts';
import { eventually } from './eventually.ts';

const ROOT = join(import.meta.dirname, '../../..');
const START_MS = 60_000;

/** Of which build the server is. */
export const PROFILE = process.env['PROFILE'] ?? 'debug';

export const STAFF = { email: 'staff@footage.test', password: 'staff-word-for-tests' };

/** A port nobody listens on now. The server must come back on the same one, so it cannot be 0. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function binary(): string {
  const target = process.env['CARGO_TARGET_DIR'] ?? join(ROOT, 'target');
  const path = join(target, PROFILE, 'footage');
  if (!existsSync(path)) throw new Error(`${path} is missing: run \`make test-browser\``);
  return path;
}

export class Server {
  readonly origin: string;
  readonly database: Database;
  readonly dir: string;
  private readonly env: NodeJS.ProcessEnv;
  private readonly ops: string;
  private process: ChildProcess | null = null;

  private constructor(dir: string, port: number, opsPort: number, settings: NodeJS.ProcessEnv) {
    this.dir = dir;
    this.origin = `http://127.0.0.1:${port}`;
    this.ops = `http://127.0.0.1:${opsPort}`;
    this.database = new Database(join(dir, 'data'));
    this.env = {
      PATH: process.env['PATH'],
      HOME: dir,
      RUST_BACKTRACE: '1',
      FOOTAGE_LISTEN: `127.0.0.1:${port}`,
      FOOTAGE_OPS_LISTEN: `127.0.0.1:${opsPort}`,
      FOOTAGE_DATA_DIR: join(dir, 'data'),
      FOOTAGE_ADMIN_EMAIL: STAFF.email,
      FOOTAGE_ADMIN_PASSWORD: STAFF.password,
      ...settings,
    };
  }

  /**
   * Starts a server with settings of its own (`FOOTAGE_…`) and waits until it takes traffic; on a
   * folder that is there already, with what it holds.
   */
  static async start(settings: NodeJS.ProcessEnv = {}, kept?: string): Promise<Server> {
    const dir = kept ?? (await mkdtemp(join(tmpdir(), 'footage-browser-')));
    // Postgres refuses root and runs as another user, who must be able to pass through.
    await chmod(dir, 0o711);
    const server = new Server(dir, await freePort(), await freePort(), settings);
    try {
      await server.run();
    } catch (error) {
      await (kept === undefined ? server.remove() : server.stop());
      throw error;
    }
    return server;
  }

  /** Starts it on the data directory that is there. */
  async run(): Promise<void> {
    const log = openSync(this.logFile, 'a');
    const child = spawn(binary(), ['serve'], {
      cwd: this.dir,
      env: this.env,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.process = child;
    await eventually(
      async () => {
        if (child.exitCode !== null) throw new Error(`the server ended:\n${this.log.slice(-4000)}`);
        const answer = await fetch(`${this.ops}/readyz`).catch(() => null);
        return answer?.ok === true;
      },
      'the server is ready',
      { within: START_MS, every: 50 },
    );
  }

  /** As a power cut ends it: no time for a last word. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** A clean stop, also of Postgres. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** A clean stop; then nothing is left behind. */
  async remove(): Promise<void> {
    await this.stop();
    if (process.env['KEEP'] === undefined) await rm(this.dir, { recursive: true, force: true });
  }

  get logFile(): string {
    return join(this.dir, 'server.log');
  }

  get postgresLog(): string {
    return join(this.dir, 'data/postgres.log');
  }

  get log(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  /** Adds a site whose pages may come from these origins; returns its key once it is in force. */
  async addSite(name: string, origins: readonly string[]): Promise<string> {
    const said = await this.admin(
      'site',
      'add',
      name,
      ...origins.flatMap((each) => ['--origin', each]),
    );
    const key = /site key (\S+)/.exec(said)?.[1];
    if (key === undefined) throw new Error(`no site key in: ${said}`);
    return key;
  }

  private async admin(...words: string[]): Promise<string> {
    const run = promisify(execFile);
    const { stdout } = await run(binary(), ['admin', ...words], { cwd: this.dir, env: this.env });
    return stdout;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.process;
    this.process = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }
}
