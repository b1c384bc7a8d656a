//! The path that an expression names.

use super::{MAX_HOPS, Values, extend, finish, plain};
use crate::facts::names::{Origin, module};
use crate::syntax::NodeId;

impl Values<'_> {
    /// The path an expression names, dots between its parts: `process.env`, `fs.promises.writeFile`, `pino().info`.
    ///
    /// Names that come from a module start with the module, free names stand as they are, and a name of the program
    /// itself starts with `%`, so that a local `process` is never taken for the global one.
    pub(in crate::facts) fn path(&self, node: NodeId) -> Option<String> {
        self.path_within(node, MAX_HOPS)
    }

    pub(super) fn path_within(&self, node: NodeId, hops: usize) -> Option<String> {
        let mut tail: Vec<String> = Vec::new();
        let mut at = node;
        for _ in 0..64 {
            self.tree.spend(6);
            at = self.bare(at);
            if let Some(&(object, name)) = self.shapes.members.get(&at) {
                if let Some(path) = self.own_path(at, hops) {
                    return Some(finish(path, &tail));
                }
                tail.push(plain(self.text(name)));
                at = object;
            } else if let Some(&(object, key)) = self.shapes.indexes.get(&at) {
                tail.push(self.string(key)?);
                at = object;
            } else if let Some(call) = self.shapes.calls.get(&at) {
                if self.text(call.function).rsplit('.').next() == Some("promisify")
                    && let Some((inner, _)) = self.arguments(call.arguments).next()
                {
                    at = inner;
                    continue;
                }
                if let Some(source) = self.required_module(call.function, call.arguments) {
                    return Some(finish(source, &tail));
                }
                tail.push("()".to_owned());
                at = call.function;
            } else {
                return self.name_path(at, hops).map(|path| finish(path, &tail));
            }
        }
        None
    }

    /// For `this.x`: the path of what it was set to, once.
    pub(super) fn own_path(&self, node: NodeId, hops: usize) -> Option<String> {
        let hops = hops.checked_sub(1)?;
        self.names.own_field(&self.shapes, node)?;
        let mut bindings = self.names.resolve(node);
        let binding = bindings.next().filter(|_| bindings.next().is_none())?;
        let Origin::Value(value, path) = &binding.origin else {
            return None;
        };
        let of = self.path_within(*value, hops)?;
        extend(of, path)
    }

    pub(in crate::facts) fn required_module(
        &self,
        function: NodeId,
        arguments: NodeId,
    ) -> Option<String> {
        let written = self.text(function);
        if !matches!(
            written,
            "require" | "import" | "__import__" | "importlib.import_module"
        ) {
            return None;
        }
        let first = self.tree.named_children(arguments).next()?;
        self.shapes
            .strings
            .contains(&first)
            .then(|| module(self.text(first)))
    }

    pub(super) fn name_path(&self, node: NodeId, hops: usize) -> Option<String> {
        let name = self.text(node);
        if name.is_empty() || name.len() > 200 {
            return None;
        }
        let mut bindings = self
            .names
            .resolve(node)
            .filter(|binding| binding.at != node);
        let Some(binding) = bindings.next() else {
            return Some(plain(name));
        };
        let only = bindings.next().is_none();
        let local = || Some(format!("%{}", plain(name)));
        match &binding.origin {
            Origin::Import(source, Some(taken)) => Some(if source.is_empty() {
                taken.clone()
            } else if source == taken && self.names.is_path_head(node) {
                // `use anyhow::anyhow;` takes a macro and leaves `anyhow::bail` what it was.
                source.clone()
            } else {
                format!("{source}.{taken}")
            }),
            Origin::Import(source, None) => Some(source.clone()),
            Origin::Value(value, path) if only && hops > 0 && *value != node => self
                .path_within(*value, hops - 1)
                .and_then(|of| extend(of, path))
                .or_else(local),
            _ => local(),
        }
    }
}
