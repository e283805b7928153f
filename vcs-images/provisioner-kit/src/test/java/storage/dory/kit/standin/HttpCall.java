// SPDX-License-Identifier: Apache-2.0
package storage.dory.kit.standin;

/**
 * A request as it arrived.
 *
 * @param authorization the header's value, empty without one
 */
public record HttpCall(String method, String path, String authorization, String body) {}
