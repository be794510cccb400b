import type { UserDataErased } from '../contract/erasure.ts';

/** What Sluice keeps of single users. */
export interface UserData {
  /**
   * Takes a user out of all that was kept before the call. Resolves when nothing is left of it on the disk. What is under
   * way ends as the request of somebody new. Rejects with AdminFault `busy`, or where the disk fails: then the rest is
   * done at the next call or start.
   */
  erase(userId: string): Promise<UserDataErased>;
}
