/** Prints docs/settings.md from the table of settings. */
import {
  notOffered,
  secretNames,
  settingGroups,
  settingNames,
  settingOf,
  type Setting,
  type SettingGroup,
  type SettingName,
} from '../../src/config/settings.js';
import { table } from './markdown.js';

const groups = Object.keys(settingGroups) as readonly SettingGroup[];

export function settingsPage(): string {
  return [
    '# Settings',
    'Printed from the code by `npx vitest run test/docs.test.ts --update`.',
    `${settingNames.length} settings come from the environment, or from a file \`.env\` in the folder that the service is started in. The
environment wins. An empty value counts as none. [Operations](operations.md) explains what most of them are for.`,
    `Each secret may come in a file instead: \`PMS_CLIENT_SECRET_FILE\` names a file that holds \`PMS_CLIENT_SECRET\`. Set one of
the two. No message and no log line repeats a secret.`,
    `The secrets are ${listed(secretNames)}.`,
    `A wrong configuration is refused at the start with exit code 78. One message names every fault. \`pms-graphql doctor\` checks
the settings, and the token and the upstream too.`,
    ...groups.flatMap((group) => [
      `## ${settingGroups[group]}`,
      table(
        ['variable', 'meaning', 'it must be', 'default'],
        settingNames
          .filter((name) => settingOf(name).group === group)
          .map((name) => rowOf(name, settingOf(name))),
      ),
    ]),
    '## Not offered yet',
    `The service refuses to start where one of these is set. A guard that is believed to be there, and is not, would be worse than
none.`,
    table(
      ['variable', 'until then'],
      Object.entries(notOffered).map(([name, meanwhile]) => [`\`${name}\``, `${meanwhile}.`]),
    ),
    '## Variables of Node and of the network',
    table(
      ['variable', 'meaning'],
      [
        [
          '`HTTPS_PROXY`',
          'A proxy, `http://host:port`, with credentials as `http://user:password@host:port`. Calls to the upstream and to the token endpoint go by it. TLS stays end to end.',
        ],
        ['`NO_PROXY`', 'Hosts that are reached without the proxy.'],
        [
          '`NODE_EXTRA_CA_CERTS`',
          'A file with the certificate of your company’s own authority, where the company opens TLS.',
        ],
        [
          '`NODE_OPTIONS`',
          '`--max-semi-space-size=32` gives Node 32 MB for young objects, as `npm start` does. [Operations](operations.md#memory-for-young-objects) says why.',
        ],
      ],
    ),
  ]
    .join('\n\n')
    .concat('\n');
}

function rowOf(
  name: SettingName,
  { kind, meaning, isSecret, unset, default: value }: Setting,
): readonly string[] {
  return [
    `\`${name}\``,
    isSecret ? `${meaning} **Secret.**` : meaning,
    kind.is,
    unset ?? (value === undefined ? 'none' : `\`${value}\``),
  ];
}

function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  return `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1) ?? ''}`;
}
