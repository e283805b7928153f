// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.standin;

/** What a stand-in answers, as JSON. */
public record HttpAnswer(int status, String body) {
  /** Hangs up instead. */
  public static final HttpAnswer NONE = new HttpAnswer(0, "");
}
