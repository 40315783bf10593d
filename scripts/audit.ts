/**
 * Asks the registry what is known about the dependencies that are installed with the gateway: `npm audit --omit=dev`.
 * What docs/security.md (or another page: `node scripts/audit.ts <page>`) explains in its table is no reason to fail. Exits with 0 where there is nothing
 * else, with 1 where there is, and with 3 where the registry does not answer such questions or cannot be reached.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));

/** What is known about a version that is installed. */
interface Finding {
  /** `GHSA-…` where there is one, or else its address. */
  readonly id: string;
  readonly package: string;
  readonly severity: string;
  readonly title: string;
}

/** An advisory as npm tells it; a package that is affected through another one has that one's name in its place. */
interface Advisory {
  readonly name: string;
  readonly severity: string;
  readonly title: string;
  readonly url: string;
}

/** As much of what npm prints as is used. */
interface AuditReport {
  readonly vulnerabilities?: Readonly<Record<string, { readonly via: readonly (Advisory | string)[] }>>;
  readonly message?: string;
  readonly error?: { readonly summary?: string };
}

/** The explanations of a page: rows `| GHSA-… | why … |`, by the id. */
function explanationsIn(page: string): ReadonlyMap<string, string> {
  const rows = page.matchAll(/^\|[\s`[]*(GHSA(?:-[0-9a-z]{4}){3})[^|]*\|\s*(.*?)\s*\|\s*$/gm);
  return new Map([...rows].map(([, id = '', why = '']) => [id, why]));
}

function findingsIn(vulnerabilities: NonNullable<AuditReport['vulnerabilities']>): readonly Finding[] {
  const advisories = Object.values(vulnerabilities)
    .flatMap(({ via }) => via)
    .filter((one) => typeof one === 'object');
  const findings = advisories.map(({ name, severity, title, url }): [string, Finding] => {
    const id = /GHSA(?:-[0-9a-z]{4}){3}/.exec(url)?.[0] ?? url;
    return [`${id} ${name}`, { id, package: name, severity, title }];
  });
  return [...new Map(findings).values()];
}

/** What npm prints. It exits with 1 for findings as it does for failures: which of them it is, the report says. */
function audit(): Promise<AuditReport> {
  return new Promise((resolve) => {
    const options = { cwd: root, maxBuffer: 1 << 26 };
    execFile('npm', ['audit', '--omit=dev', '--json'], options, (error, stdout) => {
      try {
        resolve(JSON.parse(stdout) as AuditReport);
      } catch {
        resolve({ message: error?.message.split('\n', 1)[0] ?? 'npm says nothing' });
      }
    });
  });
}

async function main(page = join(root, 'docs', 'security.md')): Promise<number> {
  const { vulnerabilities, message, error } = await audit();
  if (vulnerabilities === undefined) {
    // It names the registry, which is of no use here and may be of nobody's business.
    const why = (message ?? error?.summary ?? 'npm does not say why').replace(/https?:\/\/\S+/g, 'the registry');
    process.stdout.write(`nothing is known: ${why}\n`);
    return 3;
  }
  const explanations = explanationsIn(readFileSync(page, 'utf8'));
  const findings = findingsIn(vulnerabilities);
  for (const finding of findings) {
    const why = explanations.get(finding.id);
    const explained = why === undefined ? 'not explained' : `explained: ${why}`;
    process.stdout.write(`${finding.id} ${finding.package} (${finding.severity}): ${finding.title}; ${explained}\n`);
  }
  const open = findings.filter(({ id }) => !explanations.has(id));
  process.stdout.write(`${findings.length} known, ${open.length} of them not explained\n`);
  return open.length === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv[2]);
