//! [`Part`]: a part of a request, found again whenever it is read, so that nothing is copied.

use std::{
    hash::{Hash, Hasher},
    sync::Arc,
};

use pyo3::{PyClass, prelude::*, types::PyTuple};

use crate::request::Request;

/// Finds a part in a request; the index counts where there are several.
pub(crate) type Find<T> = for<'request> fn(&'request exhook::Request, usize) -> Option<&'request T>;

/// A message inside a request, which it keeps alive.
pub(crate) struct Part<T: 'static> {
    request: Arc<exhook::Request>,
    find: Find<T>,
    index: usize,
    /// Stands in for a message that the broker did not send.
    empty: Option<Box<T>>,
}

impl<T> Part<T> {
    /// The part that `find` finds, if the request has it.
    pub(crate) fn one<C>(this: &Bound<'_, C>, find: Find<T>) -> Option<Self>
    where
        C: PyClass<BaseType = Request>,
    {
        Self::at(request_of(this), find, 0)
    }

    /// The part that `find` finds, or an empty one.
    pub(crate) fn one_or_empty<C>(this: &Bound<'_, C>, find: Find<T>) -> Self
    where
        C: PyClass<BaseType = Request>,
        T: Default,
    {
        let request = request_of(this);
        Self::at(request, find, 0).unwrap_or_else(|| Self {
            request: Arc::clone(request),
            find,
            index: 0,
            empty: Some(Box::default()),
        })
    }

    /// The tuple of all parts that `find` finds, each as the class that `make` makes of it.
    pub(crate) fn all<'py, C, P>(
        this: &Bound<'py, C>,
        find: Find<T>,
        make: fn(Self) -> P,
    ) -> PyResult<Bound<'py, PyTuple>>
    where
        C: PyClass<BaseType = Request>,
        P: PyClass + Into<PyClassInitializer<P>>,
    {
        let request = request_of(this);
        let parts = (0..)
            .map_while(|index| Self::at(request, find, index))
            .map(|part| Py::new(this.py(), make(part)))
            .collect::<PyResult<Vec<_>>>()?;
        PyTuple::new(this.py(), parts)
    }

    fn at(request: &Arc<exhook::Request>, find: Find<T>, index: usize) -> Option<Self> {
        find(request, index)?;
        Some(Self {
            request: Arc::clone(request),
            find,
            index,
            empty: None,
        })
    }

    /// The part.
    pub(crate) fn get(&self) -> &T {
        (self.find)(&self.request, self.index)
            .or(self.empty.as_deref())
            .expect("it was found when this was made")
    }

    /// The request that it is a part of.
    pub(crate) fn request(&self) -> &Arc<exhook::Request> {
        &self.request
    }
}

/// The content of a request object; `find` knows its class.
pub(crate) fn content<'request, C, T>(
    this: &'request Bound<'_, C>,
    find: fn(&'request exhook::Request) -> Option<&'request T>,
) -> &'request T
where
    C: PyClass<BaseType = Request>,
{
    find(request_of(this)).expect("a request object is of the class of its hook")
}

fn request_of<'request, C>(this: &'request Bound<'_, C>) -> &'request Arc<exhook::Request>
where
    C: PyClass<BaseType = Request>,
{
    this.as_super().get().content()
}

impl<T: PartialEq> PartialEq for Part<T> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq> Eq for Part<T> {}

impl<T: Hash> Hash for Part<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.get().hash(state);
    }
}
