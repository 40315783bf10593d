import { Option } from 'commander';
import { authMethods } from './credentials.ts';
import { type ConnectionSetting, connectionSettings, type Settings } from './settings.ts';

/** The option for a setting of the connection. */
export function connectionOption({ name, short, value, variable, meaning }: ConnectionSetting): Option {
  const flags = `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
  const option = new Option(flags, `${meaning} [${variable}]`);
  return name === 'auth' ? option.choices([...authMethods]) : option;
}

/** What options say about the connection. Commander has them in camel case, and those without a value as true. */
export function settingsIn(options: Readonly<Record<string, unknown>>): Settings {
  const said = connectionSettings.map(({ name }) => {
    return [name, options[name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())]] as const;
  });
  return Object.fromEntries(
    said.filter(([, value]) => value !== undefined).map(([name, value]) => [name, String(value)]),
  );
}
