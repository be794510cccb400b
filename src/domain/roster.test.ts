import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Roster } from './roster.ts';

describe('roster', () => {
  it('holds whoever joined and has not left, whatever the order', () => {
    const step = fc.record({ joins: fc.boolean(), who: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const people = Array.from({ length: 10 }, (_, id) => ({ id, place: -1 }));
        const roster = new Roster<{ id: number; place: number }>();
        const there = new Set<number>();
        for (const { joins, who } of steps) {
          const person = people[who];
          if (person === undefined || joins === there.has(who)) continue;
          if (joins) roster.add(person);
          else roster.remove(person);
          if (joins) there.add(who);
          else there.delete(who);
          const visited: number[] = [];
          roster.visitAll(({ id }) => void visited.push(id));
          expect(visited.toSorted()).toEqual([...there].toSorted());
          expect(roster.size).toBe(there.size);
        }
      }),
    );
  });

  it('visits each once, also when the visited leave', () => {
    const roster = new Roster<{ id: number; place: number }>();
    for (let id = 0; id < 20; id += 1) roster.add({ id, place: -1 });
    const visited: number[] = [];
    roster.visitAll((member) => {
      visited.push(member.id);
      if (member.id % 3 === 0) roster.remove(member);
    });
    expect(visited.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, id) => id));
    expect(roster.size).toBe(13);
  });
});
