// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.podrun;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.Capabilities;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecFluent;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts a pod template under a pod of ours: what we set stays. The template must have been found
 * good by {@code PodTemplateRules}; only fields that those know are looked at.
 */
final class PodTemplate {
  private static final YAMLMapper YAML = new YAMLMapper();

  private final PodTemplateSpec template;

  private PodTemplate(PodTemplateSpec template) {
    this.template = template;
  }

  static PodTemplate of(String text) {
    try {
      PodTemplateSpec read = YAML.readValue(text, PodTemplateSpec.class);
      return new PodTemplate(read == null ? new PodTemplateSpec() : read);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the pod template was found good and cannot be read", e);
    }
  }

  Pod under(Pod pod) {
    ObjectMeta meta = template.getMetadata() == null ? new ObjectMeta() : template.getMetadata();
    PodSpec spec = template.getSpec() == null ? new PodSpec() : template.getSpec();
    var builder =
        new PodBuilder(pod)
            .editMetadata()
            .withLabels(under(meta.getLabels(), pod.getMetadata().getLabels()))
            .withAnnotations(under(meta.getAnnotations(), pod.getMetadata().getAnnotations()))
            .endMetadata()
            .editSpec();
    builder
        .withSecurityContext(spec.getSecurityContext())
        .withPriorityClassName(spec.getPriorityClassName())
        .withHostAliases(spec.getHostAliases())
        .withDnsPolicy(spec.getDnsPolicy())
        .withDnsConfig(spec.getDnsConfig())
        .withRuntimeClassName(spec.getRuntimeClassName())
        .addAllToVolumes(spec.getVolumes());
    host(builder, spec);
    return builder
        .withContainers(container(pod.getSpec().getContainers().getFirst(), spec.getContainers()))
        .endSpec()
        .build();
  }

  private static void host(PodSpecFluent<?> builder, PodSpec spec) {
    builder.withHostNetwork(spec.getHostNetwork());
    builder.withHostPID(spec.getHostPID());
    builder.withHostIPC(spec.getHostIPC());
  }

  private static Container container(Container ours, @Nullable List<Container> given) {
    Optional<Container> found =
        given == null
            ? Optional.empty()
            : given.stream().filter(c -> ours.getName().equals(c.getName())).findFirst();
    if (found.isEmpty()) {
      return ours;
    }
    Container theirs = found.get();
    ContainerBuilder builder = new ContainerBuilder(ours);
    builder.withCommand(theirs.getCommand());
    builder.withArgs(theirs.getArgs());
    builder.withWorkingDir(theirs.getWorkingDir());
    if (theirs.getImagePullPolicy() != null) {
      builder.withImagePullPolicy(theirs.getImagePullPolicy());
    }
    builder.withEnv(variables(ours.getEnv(), theirs.getEnv()));
    builder.addAllToVolumeMounts(theirs.getVolumeMounts());
    if (theirs.getSecurityContext() != null) {
      builder.withSecurityContext(security(ours.getSecurityContext(), theirs.getSecurityContext()));
    }
    return builder.build();
  }

  private static List<EnvVar> variables(List<EnvVar> ours, List<EnvVar> theirs) {
    List<EnvVar> all = new ArrayList<>(ours);
    Set<String> taken = new HashSet<>();
    ours.forEach(variable -> taken.add(variable.getName()));
    theirs.stream().filter(variable -> taken.add(variable.getName())).forEach(all::add);
    return all;
  }

  /** Ours drops every capability and forbids to gain any; that stays unless the rules let it go. */
  private static SecurityContext security(SecurityContext ours, SecurityContext theirs) {
    Capabilities capabilities = theirs.getCapabilities();
    boolean privileged = Boolean.TRUE.equals(theirs.getPrivileged());
    boolean gains = privileged || Boolean.TRUE.equals(theirs.getAllowPrivilegeEscalation());
    SecurityContextBuilder builder = new SecurityContextBuilder(ours);
    builder
        .withRunAsUser(theirs.getRunAsUser())
        .withRunAsGroup(theirs.getRunAsGroup())
        .withRunAsNonRoot(theirs.getRunAsNonRoot())
        .withReadOnlyRootFilesystem(theirs.getReadOnlyRootFilesystem())
        .withSeccompProfile(theirs.getSeccompProfile())
        .withPrivileged(privileged ? true : null)
        .withAllowPrivilegeEscalation(gains);
    if (capabilities != null && capabilities.getAdd() != null) {
      builder.editCapabilities().addAllToAdd(capabilities.getAdd()).endCapabilities();
    }
    return builder.build();
  }

  private static Map<String, String> under(
      @Nullable Map<String, String> theirs, Map<String, String> ours) {
    Map<String, String> all = new TreeMap<>(theirs == null ? Map.of() : theirs);
    all.putAll(ours);
    return all;
  }
}
