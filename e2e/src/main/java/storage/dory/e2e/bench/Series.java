// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** Runs something many times, so many at a time, and takes the time of each. */
record Series(int count, int parallel) {

  /** One of them; its number is from 0. */
  interface Call {
    void run(int number) throws Exception;
  }

  /**
   * @throws IllegalStateException with the first failure: figures of failed calls say nothing
   */
  Times of(Call call) throws InterruptedException {
    try (ExecutorService threads = Executors.newFixedThreadPool(parallel)) {
      long start = System.nanoTime();
      List<Future<Long>> running =
          IntStream.range(0, count)
              .mapToObj(number -> threads.submit(() -> timed(call, number)))
              .toList();
      List<Long> nanos = new ArrayList<>();
      try {
        for (Future<Long> one : running) {
          nanos.add(one.get());
        }
      } catch (ExecutionException e) {
        threads.shutdownNow(); // the others would only take as long to fail
        throw e;
      }
      return new Times(nanos, Duration.ofNanos(System.nanoTime() - start));
    } catch (ExecutionException e) {
      throw new IllegalStateException("one of the calls failed: " + e.getMessage(), e);
    }
  }

  private static long timed(Call call, int number) throws Exception {
    long start = System.nanoTime();
    call.run(number);
    return System.nanoTime() - start;
  }
}
