import { CommanderError } from 'commander';
import { ClientError } from '../../client/client-error.ts';
import { type ExamineOptions, examine } from '../../conformance/examine.ts';
import { profiles } from '../../conformance/profiles.ts';
import { conclusion, conforms, type Report } from '../../conformance/report/report.ts';
import { askSecret } from '../occi/ask-secret.ts';
import { secondsIn, tlsFrom } from '../occi/connection.ts';
import { settingsIn } from '../occi/connection-options.ts';
import { credentialsFrom } from '../occi/credentials.ts';
import { endpointIn } from '../occi/endpoint.ts';
import { printable } from '../occi/printable.ts';
import { readSettings } from '../occi/settings.ts';
import { UsageError } from '../occi/usage-error.ts';
import { Destinations, deliver } from './destinations.ts';
import { exitCodeOf, exitCodes } from './exit-code.ts';
import { Interruption } from './interruption.ts';
import { listing } from './listing.ts';
import { conformanceProgram, type Options } from './program.ts';
import { ProgressBar } from './progress-bar.ts';
import { selectionFrom } from './wishes.ts';

/** Runs the command. @returns its exit code */
export async function runConformance(args: readonly string[]): Promise<number> {
  const destinations = new Destinations();
  const program = conformanceProgram(destinations);
  try {
    program.parse(args, { from: 'user' });
    const options = program.opts<Options>();
    const { profile, list } = options;
    const selection = selectionFrom(options);
    if (list !== true) return await check(program.args[0], options, { ...program.opts() }, destinations);
    process.stdout.write(listing({ ...(profile === undefined ? {} : profiles[profile].selection), ...selection }));
    return exitCodes.conforms;
  } catch (error) {
    // Help and version are ends of their own to commander.
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.conforms;
    complain(...complaintOf(error));
    return exitCodeOf(error);
  }
}

/** Examines the server, and writes the reports. */
async function check(
  url: string | undefined,
  options: Options,
  raw: Readonly<Record<string, unknown>>,
  destinations: Destinations,
): Promise<number> {
  const wanted = destinations.all;
  const how = await connectionFrom(url, raw);
  const bar = new ProgressBar(process.stderr, options.verbose === true);
  const interruption = new Interruption(() => {
    bar.end();
    complain('interrupted; what was made is taken away', 'once more to stop at once');
  });
  const report = await examine({
    ...how,
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    selection: selectionFrom(options),
    patienceMs: secondsIn(options.patience, '--patience') * 1000,
    signal: interruption.signal,
    onStart(planned) {
      interruption.started();
      bar.start(planned);
    },
    onResult: (result) => bar.add(result),
  }).finally(() => bar.end());
  if (report.planned === 0) throw new UsageError('there is no check for that', 'use --list to see what there is');
  deliver(report, wanted, { isFull: options.full === true });
  const files = wanted.flatMap(({ file }) => (file === undefined ? [] : [file]));
  if (files.length > 0) complain(conclusion(report), `see ${files.join(', ')}`);
  return interruption.code ?? codeOf(report);
}

function codeOf(report: Report): number {
  if (report.givenUp !== undefined) return exitCodes.unreachable;
  return conforms(report) ? exitCodes.conforms : exitCodes.fails;
}

/** How the server is reached: as options, environment and configuration file say it for `occi`. @throws UsageError */
async function connectionFrom(
  url: string | undefined,
  options: Readonly<Record<string, unknown>>,
): Promise<Pick<ExamineOptions, 'endpoint' | 'credentials' | 'tls' | 'timeoutMs'>> {
  const settings = readSettings({
    options: settingsIn({ ...options, endpoint: url, rendering: undefined }),
    environment: process.env,
    warn: (message) => complain(message),
  });
  const { timeout } = settings;
  return {
    endpoint: endpointIn(settings, 'name its URL'),
    credentials: await credentialsFrom(settings, process.env, askSecret),
    tls: tlsFrom(settings),
    ...(timeout === undefined ? {} : { timeoutMs: secondsIn(timeout, '--timeout') * 1000 }),
  };
}

function complaintOf(error: unknown): readonly string[] {
  if (error instanceof UsageError) return [error.message, error.advice];
  if (error instanceof CommanderError) {
    return [error.message.replace(/^error: /, ''), 'occi-conformance --help tells how it is written'];
  }
  if (!(error instanceof ClientError)) return [error instanceof Error ? error.message : String(error)];
  const { problem, details } = error;
  const advice = details.advice === undefined ? [] : [details.advice];
  switch (exitCodeOf(error)) {
    case exitCodes.noOcci:
      return ['that is no OCCI server', problem, ...advice];
    case exitCodes.notAuthorised:
      return [problem, ...advice, 'say it with --username and --password-file, --token, --project or --user-cred'];
    default:
      return [problem, ...advice];
  }
}

function complain(...lines: readonly string[]): void {
  process.stderr.write(`occi-conformance: ${lines.map(printable).join(`\n${' '.repeat(18)}`)}\n`);
}
