import { describe, expect, it } from 'vitest';
import { createAccountBook } from '../../../electron/accounts/account-book';
import type { Account } from '../../../electron/shared/account';
import { anAccount } from '../support/snapshots';

const [A, B, C] = ['a', 'b', 'c'].map((id) => anAccount({ id, name: id })) as [
  Account,
  Account,
  Account,
];

/** A book of A, B and C, with what it wrote and told. */
function aBook() {
  const written: (readonly Account[])[] = [];
  const told: (readonly Account[])[] = [];
  const book = createAccountBook([A, B, C], (accounts) => written.push(accounts));
  const stop = book.onChange((accounts) => told.push(accounts));
  return { book, written, told, stop };
}

describe('the book of accounts', () => {
  it('keeps the order when one is changed', () => {
    const { book, written, told } = aBook();
    const changed = { ...B, name: 'new' };
    book.put(changed);
    expect(book.list()).toEqual([A, changed, C]);
    expect(written).toEqual([[A, changed, C]]);
    expect(told).toEqual(written);
  });

  it('puts a new one last', () => {
    const { book } = aBook();
    const d = anAccount({ id: 'd' });
    book.put(d);
    expect(book.list()).toEqual([A, B, C, d]);
  });

  it('takes one away and puts it back where it was', () => {
    const { book } = aBook();
    expect(book.remove('b')).toBe(1);
    expect(book.list()).toEqual([A, C]);
    book.insert(B, 1);
    expect(book.list()).toEqual([A, B, C]);
  });

  it('does nothing about one it has not got', () => {
    const { book, written } = aBook();
    expect(book.remove('x')).toBeNull();
    expect(book.get('x')).toBeUndefined();
    expect(written).toEqual([]);
  });

  it('stays as it was when the disk refuses', () => {
    const book = createAccountBook([A], () => {
      throw new Error('ENOSPC');
    });
    const told: unknown[] = [];
    book.onChange((accounts) => told.push(accounts));
    expect(() => book.put(B)).toThrow('ENOSPC');
    expect(book.list()).toEqual([A]);
    expect(told).toEqual([]);
  });

  it('settles what the disk refuses for now, and writes it with the next change', () => {
    let isFull = true;
    let written: unknown = null;
    const book = createAccountBook([A, B], (accounts) => {
      if (isFull) throw new Error('ENOSPC');
      written = accounts;
    });
    const settled = { ...A, wanted: !A.wanted };
    expect(book.settle([settled])).toEqual(new Error('ENOSPC'));
    expect(book.list()).toEqual([settled, B]);
    isFull = false;
    book.remove('b');
    expect(written).toEqual([settled]);
    expect(book.settle([A])).toBeNull();
    expect(written).toEqual([A]);
  });

  it('tells nobody who stopped listening', () => {
    const { book, told, stop } = aBook();
    stop();
    book.remove('a');
    expect(told).toEqual([]);
  });
});
