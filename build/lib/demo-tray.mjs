/**
 * The tray icon of a running program, read and clicked the way a panel does it: as a
 * StatusNotifierItem over D-Bus, by GLib's gdbus. Linux only.
 */
import { parseGVariant } from './demo-gvariant.mjs';
import { run } from './run.mjs';

const WATCHER = { name: 'org.kde.StatusNotifierWatcher', path: '/StatusNotifierWatcher' };
const BUS = { name: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus' };
const ITEM = 'org.kde.StatusNotifierItem';
const MENU = 'com.canonical.dbusmenu';

/** What is asked of every entry; an empty list would mean all, but Electron fails on it. */
const PROPERTIES = "['label', 'enabled', 'type', 'toggle-type', 'toggle-state', 'visible']";

/**
 * @typedef {import('./demo-tray.mjs').MenuEntry} MenuEntry
 * @typedef {{ name: string, path: string }} Place
 */

/**
 * Finds the icon of a process among those that the panel knows.
 * @param {number} pid
 * @param {NodeJS.ProcessEnv} env names the session bus
 * @returns {Promise<TrayItem | undefined>} undefined while it has none, or where there is no panel
 */
export async function findTrayItem(pid, env) {
  const bus = new SessionBus(env);
  for (const place of await registeredItems(bus)) {
    if ((await ownerOf(bus, place)) === pid) return new TrayItem(bus, place);
  }
  return undefined;
}

/** One icon in the panel. Nothing is remembered: every question is asked anew. */
class TrayItem {
  #bus;
  #place;

  /**
   * @param {SessionBus} bus
   * @param {Place} place
   */
  constructor(bus, place) {
    this.#bus = bus;
    this.#place = place;
  }

  /** @returns {Promise<string>} */
  async tooltip() {
    // The icon's name, its pictures, the title, the text.
    const [, , title, text] = /** @type {[string, unknown, string, string]} */ (
      await this.#property('ToolTip')
    );
    return text || title;
  }

  /** @returns {Promise<string>} the picture's pixels: another picture gives another text */
  async picture() {
    return JSON.stringify(await this.#property('IconPixmap'));
  }

  /** @returns {Promise<readonly MenuEntry[]>} */
  async menu() {
    const menu = await this.#menuPlace();
    const args = ['--', '0', '-1', PROPERTIES];
    const answer = /** @type {[number, unknown]} */ (
      await this.#bus.call(menu, `${MENU}.GetLayout`, args)
    );
    return entryOf(answer[1]).entries;
  }

  /**
   * Chooses an entry of the menu.
   * @param {(entry: MenuEntry) => boolean} which
   * @throws {Error} when the menu has none, or when it cannot be chosen
   */
  async choose(which) {
    const entries = allOf(await this.menu());
    const entry = entries.find(which);
    if (!entry) throw new Error(`Not in the menu: ${entries.map((one) => one.label).join(', ')}`);
    if (!entry.enabled) throw new Error(`“${entry.label}” cannot be chosen.`);
    const args = ['--', String(entry.id), 'clicked', "<''>", '0'];
    await this.#bus.call(await this.#menuPlace(), `${MENU}.Event`, args);
  }

  /** Does what a click on the icon does. */
  async activate() {
    await this.#bus.call(this.#place, `${ITEM}.Activate`, ['--', '10', '10']);
  }

  /** @returns {Promise<Place>} */
  async #menuPlace() {
    return { name: this.#place.name, path: String(await this.#property('Menu')) };
  }

  /** @param {string} name */
  async #property(name) {
    return this.#bus.property(this.#place, ITEM, name);
  }
}

class SessionBus {
  #env;

  /** @param {NodeJS.ProcessEnv} env */
  constructor(env) {
    this.#env = env;
  }

  /**
   * @param {Place} place
   * @param {string} method with its interface
   * @param {readonly string[]} [args]
   * @returns {Promise<unknown[]>} what the method gives back
   * @throws {Error} with the bus's own words
   */
  async call({ name, path }, method, args = []) {
    const command = [
      'call',
      '--session',
      '--dest',
      name,
      '--object-path',
      path,
      '--method',
      method,
    ];
    const result = await run('gdbus', [...command, ...args], { env: this.#env, output: 'pipe' });
    if (result.code !== 0) throw new Error(result.stderr.trim());
    return /** @type {unknown[]} */ (parseGVariant(result.stdout));
  }

  /**
   * @param {Place} place
   * @param {string} owner the property's interface
   * @param {string} name
   */
  async property(place, owner, name) {
    const args = [owner, name];
    return (await this.call(place, 'org.freedesktop.DBus.Properties.Get', args))[0];
  }
}

/**
 * @param {SessionBus} bus
 * @returns {Promise<Place[]>}
 */
async function registeredItems(bus) {
  const known = await bus.call(BUS, 'org.freedesktop.DBus.NameHasOwner', [WATCHER.name]);
  if (known[0] !== true) return [];
  const items = await bus.property(WATCHER, WATCHER.name, 'RegisteredStatusNotifierItems');
  return /** @type {string[]} */ (items).map((item) => {
    // Some panels give the bus name alone; the object then has its usual path.
    const slash = item.indexOf('/');
    if (slash < 0) return { name: item, path: '/StatusNotifierItem' };
    return { name: item.slice(0, slash), path: item.slice(slash) };
  });
}

/**
 * @param {SessionBus} bus
 * @param {Place} place
 * @returns {Promise<unknown>} the process id; undefined for an item that has just gone
 */
async function ownerOf(bus, { name }) {
  try {
    return (await bus.call(BUS, 'org.freedesktop.DBus.GetConnectionUnixProcessID', [name]))[0];
  } catch {
    return undefined;
  }
}

/**
 * @param {unknown} layout id, properties and children, as dbusmenu gives them
 * @returns {MenuEntry}
 */
function entryOf(layout) {
  const [id, properties, children] = /** @type {[number, Record<string, unknown>, unknown[]]} */ (
    layout
  );
  const { label = '', enabled = true, type = 'standard' } = properties;
  return {
    id,
    // An underscore marks the key of an entry; doubled, it is one that is shown.
    label: String(label).replace(/_(.?)/g, '$1'),
    enabled: enabled !== false,
    separator: type === 'separator',
    checked: properties['toggle-type'] ? properties['toggle-state'] === 1 : null,
    entries: children.map(entryOf),
  };
}

/**
 * @param {readonly MenuEntry[]} entries
 * @returns {MenuEntry[]} with those of the menus within
 */
function allOf(entries) {
  return entries.flatMap((entry) => [entry, ...allOf(entry.entries)]);
}
