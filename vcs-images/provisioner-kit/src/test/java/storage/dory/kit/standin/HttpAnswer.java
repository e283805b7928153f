// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.standin;

/** What a stand-in answers, as JSON. */
public record HttpAnswer(int status, String body) {}
